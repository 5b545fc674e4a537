using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Racks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "MachineAssignments",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Target = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Mode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Image = table.Column<string>(type: "TEXT", maxLength: 511, nullable: true),
                    Kernel = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Version = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    KernelParameters = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: false),
                    Disk = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MachineAssignments", x => x.Id);
                    table.CheckConstraint("CK_MachineAssignments_Disk_Length", "length(\"Disk\") <= 255");
                    table.CheckConstraint("CK_MachineAssignments_Image_Length", "length(\"Image\") <= 511");
                    table.CheckConstraint("CK_MachineAssignments_KernelParameters_Length", "length(\"KernelParameters\") <= 1024");
                    table.CheckConstraint("CK_MachineAssignments_Kernel_Length", "length(\"Kernel\") <= 255");
                    table.CheckConstraint("CK_MachineAssignments_Mode_Length", "length(\"Mode\") <= 64");
                    table.CheckConstraint("CK_MachineAssignments_Target_Length", "length(\"Target\") <= 255");
                    table.CheckConstraint("CK_MachineAssignments_Version_Length", "length(\"Version\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "RackTokens",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SecretHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Expires = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RackTokens", x => x.Id);
                    table.CheckConstraint("CK_RackTokens_Name_Length", "length(\"Name\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "Racks",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SystemId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Uuid = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    SecretHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Mode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Policy = table.Column<string>(type: "TEXT", nullable: false),
                    ImportRequests = table.Column<long>(type: "INTEGER", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    LastContact = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Url = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    Report = table.Column<string>(type: "TEXT", nullable: true),
                    ReportedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Racks", x => x.Id);
                    table.CheckConstraint("CK_Racks_Mode_Length", "length(\"Mode\") <= 64");
                    table.CheckConstraint("CK_Racks_Name_Length", "length(\"Name\") <= 255");
                    table.CheckConstraint("CK_Racks_SystemId_Length", "length(\"SystemId\") <= 255");
                    table.CheckConstraint("CK_Racks_Url_Length", "length(\"Url\") <= 2048");
                    table.CheckConstraint("CK_Racks_Uuid_Length", "length(\"Uuid\") <= 255");
                    table.CheckConstraint("CK_Racks_Version_Length", "length(\"Version\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "MachineBoots",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RecordId = table.Column<Guid>(type: "TEXT", nullable: false),
                    RackId = table.Column<int>(type: "INTEGER", nullable: true),
                    Machine = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Address = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Started = table.Column<long>(type: "INTEGER", nullable: false),
                    Ended = table.Column<long>(type: "INTEGER", nullable: false),
                    Result = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Document = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MachineBoots", x => x.Id);
                    table.CheckConstraint("CK_MachineBoots_Address_Length", "length(\"Address\") <= 255");
                    table.CheckConstraint("CK_MachineBoots_Machine_Length", "length(\"Machine\") <= 255");
                    table.CheckConstraint("CK_MachineBoots_Result_Length", "length(\"Result\") <= 64");
                    table.ForeignKey(
                        name: "FK_MachineBoots_Racks_RackId",
                        column: x => x.RackId,
                        principalTable: "Racks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "IX_MachineAssignments_Target",
                table: "MachineAssignments",
                column: "Target",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_Machine",
                table: "MachineBoots",
                column: "Machine");

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_RackId",
                table: "MachineBoots",
                column: "RackId");

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_RecordId",
                table: "MachineBoots",
                column: "RecordId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_RackTokens_SecretHash",
                table: "RackTokens",
                column: "SecretHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_Name",
                table: "Racks",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_SystemId",
                table: "Racks",
                column: "SystemId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_Uuid",
                table: "Racks",
                column: "Uuid",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "MachineAssignments");

            migrationBuilder.DropTable(
                name: "MachineBoots");

            migrationBuilder.DropTable(
                name: "RackTokens");

            migrationBuilder.DropTable(
                name: "Racks");
        }
    }
}
